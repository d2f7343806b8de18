import Foundation

/// Which URLs requests with events are sent to.
enum WebhookURL {
    private static let maximumLength = 2_048

    /// Whether it is an https or http URL without user, password and fragment.
    static func isValid(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ (33...126).contains($0) }), text.utf8.count <= maximumLength,
            let url = URLComponents(string: text), let host = url.host, !host.isEmpty, url.user == nil,
            url.password == nil, url.fragment == nil
        else { return false }
        return url.scheme == "https" || url.scheme == "http"
    }

    /// Whether it has TLS.
    static func isSecure(_ text: String) -> Bool { URLComponents(string: text)?.scheme == "https" }

    /// Whether it names this host.
    static func isOfThisHost(_ text: String) -> Bool {
        ["127.0.0.1", "[::1]", "localhost"].contains(URLComponents(string: text)?.host?.lowercased())
    }
}
