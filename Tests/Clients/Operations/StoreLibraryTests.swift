import Foundation
import TestPrograms
import Testing

@Suite("The library of the MongoDB store")
struct StoreLibraryTests {
    @Test("is loaded by a service with chat in MongoDB, and by no other: loading it costs every process milliseconds")
    func isLoadedWhereUsed() throws {
        let service = try TestService.start(try settings(database: "library"))
        #expect(try mappings(of: service).contains("libmongoc-1.0"))
        // An empty value is no setting, also where all tests use MongoDB.
        let other = try TestService.start(["DARKROOM_MONGODB_URL": ""])
        let libraries = try mappings(of: other)
        #expect(libraries.contains("libsqlite3") && !libraries.contains("libmongoc-1.0"))
    }

    @Test("leaves no file of counters in shared memory")
    func counters() throws {
        let service = try TestService.start(try settings(database: "counters"))
        let files = try FileManager.default.contentsOfDirectory(atPath: "/dev/shm")
        #expect(!files.contains("mongoc-\(service.process.identifier)"))
    }

    private func settings(database: String) throws -> [String: String] {
        ["DARKROOM_MONGODB_URL": try MongoServer.uri, "DARKROOM_MONGODB_DATABASE": "storelibrary\(database)"]
    }

    /// What a process has mapped, libraries among it.
    private func mappings(of service: TestService) throws -> String {
        // Files of /proc say that their size is 0.
        let maps = try #require(FileHandle(forReadingAtPath: "/proc/\(service.process.identifier)/maps"))
        return String(decoding: try maps.readToEnd() ?? Data(), as: UTF8.self)
    }
}
