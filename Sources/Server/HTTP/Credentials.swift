internal import Crypto
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Whose request an HTTP request is, by its `Authorization` header: untrusted until it was compared or verified.
struct Credentials: Sendable {
    private let bearer: String?
    private let node: Node

    init(_ request: Request, _ node: Node) {
        bearer = Introduction.bearer(request.headers[values: .authorization])
        self.node = node
    }

    /// - Throws: 404 where there is no admin token, so that nobody learns what there would be; 401 for any other token.
    func checkAdmin() throws(HTTPProblem) {
        guard let admin = node.adminToken else { throw .notFound }
        guard let bearer, Self.isSame(bearer, admin.text) else {
            throw HTTPProblem(Problem(.unauthorized, "That is for operators."))
        }
    }

    /// Who wants to make a room.
    func creator(at address: ClientAddress) async throws(Problem) -> Creator {
        if let admin = node.adminToken, let bearer, Self.isSame(bearer, admin.text) { return .server(address) }
        guard let bearer, node.tokens.takesTokens else {
            if node.tokens.isRequired { throw .mustAuthenticate }
            return .client(address, nil)
        }
        do throws(TokenFault) {
            return .client(address, try await node.prove(bearer).get().user.key)
        } catch {
            throw error.problem
        }
    }

    /// Takes as long for a near miss as for any other: digests are compared, whose bytes say nothing of the texts'.
    private static func isSame(_ shown: String, _ wanted: String) -> Bool {
        let key = SymmetricKey(size: .bits256)
        let digest = HMAC<SHA256>.authenticationCode(for: Data(wanted.utf8), using: key)
        return HMAC<SHA256>.isValidAuthenticationCode(digest, authenticating: Data(shown.utf8), using: key)
    }
}
