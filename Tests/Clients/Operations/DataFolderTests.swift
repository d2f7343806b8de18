import Foundation
import Glibc
import TestPrograms
import Testing

@Suite("The data folder")
struct DataFolderTests {
    private func mode(_ url: URL) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
        return try #require(attributes[.posixPermissions] as? Int) & 0o777
    }

    @Test("a folder and a database that others could read are private once the service has started")
    func permissions() async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        var first: TestService? = try TestService.start(data: data)
        first?.process.kill(SIGTERM)
        first?.process.wait()
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: data, to: copy)
        first = nil
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy.path)
        for file in ["chat.sqlite", "secret"] {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644], ofItemAtPath: copy.appendingPathComponent(file).path)
        }
        let service = try TestService.start(data: copy)
        #expect(try mode(copy) == 0o700)
        for file in try FileManager.default.contentsOfDirectory(atPath: copy.path) {
            #expect(try mode(copy.appendingPathComponent(file)) & 0o077 == 0, "\(file)")
        }
        withExtendedLifetime(service) {}
    }

    @Test(
        "a program that runs as another user than the service is rejected, and leaves no file behind",
        .enabled(if: geteuid() == 0, "changing a file's owner takes root"),
        arguments: [["serve", "--listen", "127.0.0.1:0"], ["reprocess"]])
    func otherUser(command: [String]) async throws {
        let service = try TestService.start()
        service.process.kill(SIGTERM)
        service.process.wait()
        #expect(chown(service.data.appendingPathComponent("chat.sqlite").path, 65534, 65534) == 0)
        let before = try FileManager.default.subpathsOfDirectory(atPath: service.data.path).sorted()
        let finished = try await Command.run(Project.darkroom, command + ["--data", service.data.path])
        #expect(finished.status == 78)
        let advice = "belongs to nobody, and this process runs as another user: run it as nobody, or give the folder"
        #expect(finished.errors.contains(advice))
        #expect(try FileManager.default.subpathsOfDirectory(atPath: service.data.path).sorted() == before)
    }
}
