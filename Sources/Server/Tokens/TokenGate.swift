internal import Logging
internal import SessionStore

/// What this server makes of tokens: whether it asks for them, whom it believes, and whom it has sent away.
final class TokenGate: Sendable {
    let policy: AuthPolicy
    let denyList: DenyList
    /// nil: there are no keys, or nobody is to look at tokens.
    private let verifier: TokenVerifier?

    init(policy: AuthPolicy, verifier: TokenVerifier?, denyList: DenyList) {
        self.policy = policy
        self.verifier = policy == .off ? nil : verifier
        self.denyList = denyList
    }

    /// Looks at no tokens.
    convenience init() { self.init(policy: .off, verifier: nil, denyList: DenyList()) }

    convenience init(_ settings: AuthSettings, denyList: DenyList, logger: Logger) {
        let secret = settings.secret.flatMap { VerificationKey(secret: Array($0.text.utf8)) }
        let keys = settings.keys.map { KeyStore($0, logger: logger) }
        let hasKeys = secret != nil || keys != nil
        self.init(
            policy: settings.policy,
            verifier: hasKeys ? TokenVerifier(secret: secret, keys: keys, rules: settings.rules) : nil,
            denyList: denyList)
    }

    /// Whether tokens are looked at; else everybody is anonymous.
    var takesTokens: Bool { verifier != nil }
    var isRequired: Bool { policy == .required }

    func start() async { await verifier?.keys?.start() }

    /// Who the holder of a token is.
    /// - Parameters:
    ///   - token: untrusted.
    ///   - now: milliseconds since 1970.
    func prove(_ token: String, at now: Int64) async throws(TokenFault) -> Proof {
        let proof = try Proof(try await claims(of: token, at: now))
        guard !refuses(proof, at: now) else { throw .revoked }
        return proof
    }

    func refuses(_ proof: Proof, at now: Int64) -> Bool {
        denyList.refuses(proof.user.key, issuedAt: proof.issuedAt, at: now)
    }

    /// What a token that came with a join lets its holder into.
    /// - Parameter holder: who has shown it; a token that names somebody is for that user alone.
    func pass(_ token: String, of holder: UserKey?, at now: Int64) async throws -> RoomPass? {
        let claims = try await claims(of: token, at: now)
        if let subject = claims.subject {
            guard let user = UserID(untrusted: subject) else { throw TokenFault.badSubject }
            guard user.key == holder else { throw Problem.wrongHolder }
            guard !denyList.refuses(user.key, issuedAt: claims.issuedAt, at: now) else { throw TokenFault.revoked }
        }
        return claims.pass
    }

    private func claims(of token: String, at now: Int64) async throws(TokenFault) -> TokenClaims {
        guard let verifier else { throw .unknownKey }
        return try await verifier.verify(token, at: now)
    }
}

extension Node {
    /// As ``TokenGate/prove(_:at:)``, counted.
    func prove(_ token: String) async -> Result<Proof, TokenFault> {
        do throws(TokenFault) {
            let proof = try await tokens.prove(token, at: wallClock())
            metrics.tokenShown(nil)
            return .success(proof)
        } catch {
            metrics.tokenShown(error)
            return .failure(error)
        }
    }

    /// As ``TokenGate/pass(_:of:at:)``, counted.
    func pass(_ token: String, of holder: UserKey?) async throws(Problem) -> RoomPass? {
        do {
            let pass = try await tokens.pass(token, of: holder, at: wallClock())
            metrics.tokenShown(nil)
            return pass
        } catch let fault as TokenFault {
            metrics.tokenShown(fault)
            throw fault.problem
        } catch {
            throw error as? Problem ?? .internal
        }
    }
}
