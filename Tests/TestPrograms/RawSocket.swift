public import Foundation

/// A TCP connection to a service of the tests, without any protocol on it: for clients that do not behave. Its calls block
/// the thread, each at most as long as ``timeout``.
public final class RawSocket: Sendable {
    /// How long a call waits before it fails.
    public static let timeout: Duration = .seconds(60)
    /// The socket.
    public let descriptor: Int32

    /// Connects to `base` (`http://HOST:PORT`, the host as a number).
    /// - Parameter receiveBuffer: the size of the kernel's receive buffer, in bytes; `nil` for its default.
    public init(to base: String, receiveBuffer: Int? = nil) throws {
        guard let url = URL(string: base), let host = url.host, let port = url.port else {
            throw ProgramFailure("\(base) is not http://HOST:PORT")
        }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw ProgramFailure("no socket: \(String(cString: strerror(errno)))") }
        if let receiveBuffer { set(SO_RCVBUF, Int32(receiveBuffer)) }
        let timeout = timeval(tv_sec: Int(Self.timeout.components.seconds), tv_usec: 0)
        set(SO_RCVTIMEO, timeout)
        set(SO_SNDTIMEO, timeout)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            throw ProgramFailure("cannot connect to \(base): \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    private func set(_ option: Int32, _ value: some BitwiseCopyable) {
        withUnsafeBytes(of: value) {
            _ = setsockopt(descriptor, SOL_SOCKET, option, $0.baseAddress, socklen_t($0.count))
        }
    }

    /// Sends all of `bytes`.
    public func send(_ bytes: Data) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw ProgramFailure("not sent: \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(sent)
        }
    }

    /// Sends text.
    public func send(_ text: String) throws { try send(Data(text.utf8)) }

    /// Receives at most `count` bytes; none at the end.
    public func receive(atMost count: Int = 65_536) throws -> Data {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = recv(descriptor, &bytes, count, 0)
        guard received >= 0 else { throw ProgramFailure("nothing came: \(String(cString: strerror(errno)))") }
        return Data(bytes[..<received])
    }
}
