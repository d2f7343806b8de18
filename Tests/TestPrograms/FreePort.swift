import Foundation
import Glibc

/// Ports for programs that take no 0 for one that is free, or that are started again on the same port.
///
/// They are below those that the system gives to connections and to programs that take any, so that none of these gets one while the
/// program is away. A port is locked by a file as long as this process runs, because tests of several processes may ask at once;
/// `scripts/ports.py` does the same.
public enum FreePort {
    private static let folder = "/tmp/darkroom-ports-\(getuid())"
    private static let lowest: UInt16 = 10_000

    /// A port of the loopback interface that nothing listens on, kept for this process.
    /// - Throws: ``ProgramFailure`` where there is none.
    public static func next() throws -> UInt16 {
        let range = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        guard let end = range.split(whereSeparator: \.isWhitespace).first.flatMap({ UInt16($0) }), end > lowest else {
            throw ProgramFailure("the system gives all ports to connections: \(range)")
        }
        mkdir(folder, 0o700)
        for _ in 0..<10_000 {
            let port = UInt16.random(in: lowest..<end)
            if reserve(port) { return port }
        }
        throw ProgramFailure("no port is free")
    }

    /// Locks the port, unless another process has, or a program listens on it.
    private static func reserve(_ port: UInt16) -> Bool {
        let lock = open("\(folder)/\(port)", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { return false }
        // The lock ends with its descriptor, which stays open.
        guard flock(lock, LOCK_EX | LOCK_NB) == 0, canBind(port) else {
            close(lock)
            return false
        }
        return true
    }

    private static func canBind(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
