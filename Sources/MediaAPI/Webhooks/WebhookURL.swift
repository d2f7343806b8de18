import Foundation
import HTTPClient

/// Which URLs requests with events are sent to.
enum WebhookURL {
    private static let maximumLength = 2_048

    /// Whether it is an https or http URL without user, password and fragment.
    static func isValid(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ (33...126).contains($0) }), text.utf8.count <= maximumLength,
            let url = URLComponents(string: text), let host = url.host, !host.isEmpty, url.user == nil,
            url.password == nil, url.fragment == nil, url.port.map({ (1...65_535).contains($0) }) ?? true
        else { return false }
        return url.scheme == "https" || url.scheme == "http"
    }

    /// Whether it has TLS.
    static func isSecure(_ text: String) -> Bool { URLComponents(string: text)?.scheme == "https" }

    /// Whether it names this host, or an address that is not public, in any form that resolvers understand (`127.1`, `0x7f000001`).
    static func isPrivate(_ text: String) -> Bool {
        guard !isOfThisHost(text) else { return true }
        guard let host = URLComponents(string: text)?.host else { return false }
        return address(host).map { !PublicAddress.isPublic($0) } ?? false
    }

    /// The bytes of an address that a host is written as; `nil` for a name.
    private static func address(_ host: String) -> [UInt8]? {
        var (four, six) = (in_addr(), in6_addr())
        if inet_aton(host, &four) != 0 { return withUnsafeBytes(of: &four) { Array($0) } }
        let text = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return inet_pton(AF_INET6, text, &six) == 1 ? withUnsafeBytes(of: &six) { Array($0) } : nil
    }

    /// Whether it names this host.
    static func isOfThisHost(_ text: String) -> Bool {
        ["127.0.0.1", "[::1]", "localhost"].contains(URLComponents(string: text)?.host?.lowercased())
    }
}
