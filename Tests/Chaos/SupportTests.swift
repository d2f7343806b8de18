import Foundation
import TestPrograms
import Testing

@Suite("Support of the harnesses")
struct SupportTests {
    @Test("a probe sees the memory, descriptors and threads of a program, and what a connection adds to them")
    func probe() async throws {
        let service = try TestService.start()
        let before = try ProcessProbe(service.process.identifier)
        #expect(before.residentBytes > 1 << 20 && before.threads > 1 && before.processorSeconds > 0)
        let connections = try (0..<50).map { _ in try RawSocket(to: service.base) }
        for connection in connections { try connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") }
        for connection in connections {
            #expect(try String(decoding: connection.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 200 "))
        }
        #expect(try ProcessProbe(service.process.identifier).descriptors == before.descriptors + 50)
        service.process.kill()
        service.process.wait()
        #expect(throws: (any Error).self) { try ProcessProbe(service.process.identifier) }
    }
}
