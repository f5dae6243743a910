/// Certificates that are made for one test, by `openssl`, for a day. All are files in PEM.
public struct Certificates: Sendable {
    public struct Pair: Sendable {
        public let certificate: String
        public let key: String
    }

    /// Who signed the server's and the client's.
    public let authority: Pair
    /// For `localhost` and 127.0.0.1.
    public let server: Pair
    public let client: Pair
    /// Who signed nothing that a test trusts, but ``stranger``.
    public let otherAuthority: Pair
    /// A client's that the server does not trust, and a server's for the same names.
    public let stranger: Pair

    /// Makes them, hands them to the test, and removes them, also when the test throws.
    public static func with<Result>(_ body: (Certificates) async throws -> Result) async throws -> Result {
        let folder = try LabFolder()
        defer { folder.remove() }
        return try await body(try await LabWait.blocking { try Certificates(in: folder) })
    }

    private init(in folder: LabFolder) throws {
        authority = try Self.make("authority", in: folder, by: nil)
        server = try Self.make("server", in: folder, by: authority)
        client = try Self.make("client", in: folder, by: authority)
        otherAuthority = try Self.make("other-authority", in: folder, by: nil)
        stranger = try Self.make("stranger", in: folder, by: otherAuthority)
    }

    private static func make(_ name: String, in folder: LabFolder, by authority: Pair?) throws -> Pair {
        let pair = Pair(certificate: "\(folder.path)/\(name).pem", key: "\(folder.path)/\(name).key")
        let extensions =
            authority == nil
            ? ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]
            : ["basicConstraints=critical,CA:FALSE", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        // Its own configuration file, so that the system's adds nothing.
        let configuration = try folder.file("empty.cnf", "[req]\ndistinguished_name=names\n[names]\n")
        try LabProcess.run(
            "openssl",
            [
                "req", "-x509", "-config", configuration, "-subj", "/CN=\(name)", "-days", "1", "-nodes",
                "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", pair.key, "-out",
                pair.certificate,
            ] + extensions.flatMap { ["-addext", $0] }
                + (authority.map { ["-CA", $0.certificate, "-CAkey", $0.key] } ?? []))
        return pair
    }

    public enum Handshake: Sendable { case accepted, refused }

    /// Whether a server is who it says for who trusts an authority, as `openssl s_client` sees it: name and all.
    /// - Parameter server: its host and port.
    public func shake(_ server: String, trusting authority: Pair, as client: Pair) async throws -> Handshake {
        let host = server.prefix { $0 != ":" }
        let named = host.allSatisfy { $0.isNumber || $0 == "." } ? "-verify_ip" : "-verify_hostname"
        return try await LabWait.blocking {
            let (code, _) = try LabProcess(
                "openssl",
                [
                    "s_client", "-connect", server, "-CAfile", authority.certificate, "-cert", client.certificate,
                    "-key", client.key, "-verify_return_error", named, String(host),
                ]
            ).reap()
            return code == 0 ? .accepted : .refused
        }
    }
}
