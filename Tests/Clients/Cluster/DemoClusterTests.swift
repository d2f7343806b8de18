import Foundation
import TestPrograms
import Testing

@Suite("The demo of a cluster")
struct DemoClusterTests {
    @Test(
        "what is uploaded to either node arrives at both and at a chat server beside them, and nothing runs on afterwards"
    )
    func run() async throws {
        try Python.require()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("demo-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let finished = try await Command.run(
            Python.interpreter,
            [
                Project.file("scripts/demo_cluster.py").path, "--program", Project.darkroom.path, "--folder",
                folder.path,
            ])
        #expect(finished.status == 0, "\(finished.output.suffix(3000))\(finished.errors)")
        #expect(finished.output.contains("Every event arrived"))
        let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
        let left = processes.filter { process in
            // A process that has ended meanwhile has no command line.
            let line = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline"))) ?? Data()
            return String(decoding: line, as: UTF8.self).contains(folder.path)
        }
        #expect(left.isEmpty)
    }
}
