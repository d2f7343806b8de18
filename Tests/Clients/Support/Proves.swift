import ChatBridge
import Foundation
import TestPrograms
import Testing

/// Declares which rows of a chat system's contract a test proves. `scripts/contract-table` makes the table in
/// docs/contracts.md of these declarations and of the run's results: a row is proved when every case of every test that
/// declares it passed.
struct Proves: TestTrait {
    let dialect: Dialect
    let rows: [String]

    func prepare(for test: Test) async throws {
        for row in rows { try record(row, test) }
    }

    private func record(_ row: String, _ test: Test) throws {
        try ContractRecord.append(["dialect": dialect.rawValue, "row": row], of: test, to: "\(dialect.rawValue).jsonl")
    }
}

/// What a run notes of the contracts, for `scripts/contract-table`.
enum ContractRecord {
    /// Adds a line about a test to a file in `.build/contract`.
    static func append(_ members: [String: Any], of test: Test, to name: String) throws {
        let file = Project.file(".build/contract").appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let place = test.sourceLocation
        var record = members
        (record["file"], record["line"], record["column"]) = (place.fileID, place.line, place.column)
        let line = try JSONSerialization.data(withJSONObject: record, options: [.sortedKeys]) + Data("\n".utf8)
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        defer { close(descriptor) }
        // One write to the end of the file, so that lines of several tests do not mix.
        _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}

extension Trait where Self == Proves {
    /// The test proves `rows` of the contract of `dialect`: a method and path, `event NAME`, `limits`.
    static func proves(_ dialect: Dialect, _ rows: String...) -> Proves { Proves(dialect: dialect, rows: rows) }
}
