import Foundation
import Glibc
import HostileMedia
import Testing

/// A file and an address that must not be accessed, with a record of accesses.
final class Watch {
    let bait: Disguise.Bait
    private let folder: TemporaryFolder
    private let listener: Int32
    private let notifications: Int32

    init() throws {
        folder = try TemporaryFolder()
        let path = folder.file("canary.ts")
        try Data(try sample("voice/voice.mp3")).write(to: URL(fileURLWithPath: path))
        notifications = inotify_init1(Int32(IN_NONBLOCK))
        let opened = UInt32(IN_OPEN) | UInt32(IN_ACCESS)
        try #require(inotify_add_watch(notifications, path, opened) >= 0)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        try #require(port)
        bait = Disguise.Bait(file: path, address: "127.0.0.1:\(UInt16(bigEndian: address.sin_port))")
    }

    deinit {
        close(listener)
        close(notifications)
    }

    /// Connects to the address, to verify that this is detected.
    func call() throws {
        let caller = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(caller) }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                getsockname(listener, generic, &length) == 0 && connect(caller, generic, length) == 0
            }
        }
        try #require(isConnected)
    }

    /// Whether the file was opened since the last time.
    func wasOpened() -> Bool {
        var events = [UInt8](repeating: 0, count: 4096)
        return read(notifications, &events, events.count) > 0
    }

    /// Whether there was a connection since the last call.
    func wasCalled() -> Bool {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return false }
        close(connection)
        return true
    }
}
