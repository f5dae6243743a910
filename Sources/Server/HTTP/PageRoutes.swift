internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The pages and the browser SDK.
struct PageRoutes: Sendable {
    let pages: Pages

    func add(to router: Router<HTTPContext>) {
        router.get("/") { request, _ in try page("index.html", request) }
        router.get("/play/:game") { request, _ in try page("play.html", request) }
        router.get("/parlor.js") { request, _ in try page("parlor.js", request) }
        router.get("/parlor.d.ts") { request, _ in try page("parlor.d.ts", request) }
        router.get("/web/:file") { request, context in try page(context.parameters.get("file") ?? "", request) }
        router.get("/games/:file") { request, context in
            try page("games/\(context.parameters.get("file") ?? "")", request)
        }
    }

    private func page(_ name: String, _ request: Request) throws -> Response {
        guard let page = pages[name] else { throw HTTPProblem.notFound }
        let headers: HTTPFields = [.contentType: page.mediaType, .cacheControl: "no-cache", .eTag: page.tag]
        guard request.headers[.ifNoneMatch] != page.tag else { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: page.content))
    }
}
