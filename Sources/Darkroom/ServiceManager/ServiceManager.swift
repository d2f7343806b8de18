import Bytes
import Foundation
import Glibc

/// The service manager that has started this process and wants to know how it is: systemd, or another that speaks its protocol
/// (sd_notify(3)): datagrams of lines NAME=VALUE to a Unix socket.
struct ServiceManager: Sendable {
    /// The path of its socket; in the abstract namespace where it begins with a zero (unix(7)).
    private let path: [UInt8]
    /// How often it is to hear that this process is alive, in half the time after which it ends a process that is silent; `nil` where
    /// it does not watch.
    let watchdogInterval: Duration?

    /// The most that a message waits for space in the queue of the manager.
    private static let attempts = 50
    private static let pause = Duration.milliseconds(100)

    /// The manager in the environment; `nil` where there is none, or its socket is of a kind that is not known.
    init?(_ environment: [String: String]) {
        guard let name = environment["NOTIFY_SOCKET"], let first = name.utf8.first,
            first == UInt8(ascii: "/") || first == UInt8(ascii: "@"), name.utf8.count > 1,
            name.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        path = first == UInt8(ascii: "@") ? [0] + name.utf8.dropFirst() : Array(name.utf8)
        // It may watch another process than this one.
        let isWatched = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
        let time = environment["WATCHDOG_USEC"].flatMap { Int($0) } ?? 0
        watchdogInterval = isWatched && time > 0 ? .microseconds(max(1, time / 2)) : nil
    }

    /// Sends lines. Returns whether the manager has them.
    @discardableResult
    func notify(_ lines: [String]) async -> Bool {
        let message = Array(lines.joined(separator: "\n").utf8)
        for _ in 0..<Self.attempts {
            let error = send(message)
            guard error == EAGAIN || error == ENOBUFS else { return error == 0 }
            // Once cancelled, attempts follow each other without a pause.
            try? await Task.sleep(for: Self.pause)
        }
        return false
    }

    /// Tells the manager that this process is alive whenever `check` has returned, until the task is cancelled. Does nothing where the
    /// manager does not watch.
    func keepAlive(_ check: @Sendable () async -> Void) async {
        guard let watchdogInterval else { return }
        repeat {
            await check()
            await notify(["WATCHDOG=1"])
        } while (try? await Task.sleep(for: watchdogInterval)) != nil
    }

    /// The lines that say that settings are read again, which ends with READY=1.
    static var reloading: [String] {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return ["RELOADING=1", "MONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)"]
    }

    /// Returns 0, or the number of the error.
    private func send(_ message: [UInt8]) -> Int32 {
        let opened = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard opened >= 0 else { return errno }
        let descriptor = OwnedDescriptor(owning: opened)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        // The length says where an abstract name ends; another one ends at a zero.
        let start = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2
        let length = socklen_t(start + path.count + (path[0] == 0 ? 0 : 1))
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(
                    descriptor.rawValue, message, message.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0,
                    length)
            }
        }
        return sent < 0 ? errno : 0
    }
}
