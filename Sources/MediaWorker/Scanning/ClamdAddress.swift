import Glibc

/// Where clamd listens.
public enum ClamdAddress: Sendable, Equatable {
    /// A socket in the file system.
    case unix(String)
    /// A TCP port.
    case tcp(host: String, port: UInt16)

    /// The longest path of a socket, in bytes (`sun_path` without its zero).
    private static let maximumPath = 107

    /// Parses `unix:/PATH`, `HOST:PORT` or `[IPv6]:PORT`; `nil` for anything else.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard path.hasPrefix("/"), path.utf8.count <= Self.maximumPath, !path.utf8.contains(0) else { return nil }
            self = .unix(path)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ (33...126).contains($0) }) else { return nil }
        self = .tcp(host: host, port: port)
    }

    /// An address to connect to, as the system's calls take it.
    struct Resolved: Sendable {
        let family: Int32
        let bytes: [UInt8]
    }

    /// The address to connect to. Looking up the name of a host may take as long as its servers do: call this on a thread that may wait.
    /// - Throws: ``ScanFailure`` when the name is not known.
    func resolve() throws(ScanFailure) -> Resolved {
        switch self {
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            return Resolved(family: AF_UNIX, bytes: withUnsafeBytes(of: &address) { Array($0) })
        case .tcp(let host, let port):
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            hints.ai_flags = AI_NUMERICSERV
            var found: UnsafeMutablePointer<addrinfo>?
            let status = getaddrinfo(host, String(port), &hints, &found)
            guard status == 0, let found else {
                throw ScanFailure(description: "\(host): \(String(cString: gai_strerror(status)))")
            }
            defer { freeaddrinfo(found) }
            let bytes = UnsafeRawBufferPointer(start: found.pointee.ai_addr, count: Int(found.pointee.ai_addrlen))
            return Resolved(family: found.pointee.ai_family, bytes: Array(bytes))
        }
    }
}
