internal import SessionStore

/// Who sent a request, and over which connection the answer goes back.
struct Sender: Sendable {
    let connection: ConnectionID
    let client: ClientKey
    /// The user that the client has proved to be; nil for the anonymous.
    var user: UserKey?
    let address: ClientAddress
}
