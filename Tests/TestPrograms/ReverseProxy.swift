import Foundation

/// The proxies of which `Operations` has configurations.
public enum ProxyKind: String, CaseIterable, Sendable {
    case nginx, caddy

    /// Starts one on `port` before the server at the URL `origin`.
    /// - Throws: ``ProgramFailure`` where it does not start.
    public func start(before origin: String, port: Int) async throws -> any ReverseProxy {
        switch self {
        case .nginx: try await Nginx("darkroom.conf", before: origin, port: port)
        case .caddy: try await Caddy(before: origin, port: port)
        }
    }

    /// Starts one on a free port before `service`.
    /// - Throws: ``ProgramFailure`` where it does not start.
    public func start(before service: TestService) async throws -> any ReverseProxy {
        try await start(before: service.base, port: Int(try FreePort.next()))
    }
}

/// A real proxy before a service, by a configuration of `Operations`. It ends when the object is released.
public protocol ReverseProxy: Sendable {
    /// Its URL.
    var base: String { get }
    /// What it has written to its own disk of requests that it passes on, in bytes.
    var spooledBytes: Int { get }
}

extension ReverseProxy {
    /// Waits until it answers for the service behind it.
    func waitUntilItAnswers() async throws {
        try await eventually("\(base) answers") {
            try await Command.run(URL(fileURLWithPath: "/usr/bin/curl"), ["-sf", base + "/healthz"]).status == 0
        }
    }
}

/// The size of all files below a folder, in bytes, whose paths `counts`.
func size(ofFilesIn folder: URL, where counts: (String) -> Bool) -> Int {
    let keys: Set<URLResourceKey> = [.fileSizeKey, .isRegularFileKey]
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: Array(keys))
    return (files?.compactMap { $0 as? URL } ?? []).filter { counts($0.path) }
        .compactMap { try? $0.resourceValues(forKeys: keys) }.filter { $0.isRegularFile == true }
        .reduce(0) { $0 + ($1.fileSize ?? 0) }
}
