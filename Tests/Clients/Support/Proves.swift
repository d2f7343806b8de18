import ChatBridge
import Foundation
import JSON
import Synchronization
import TestPrograms
import Testing

/// Notes, when a test passes, that it proves a row of a chat system's contract. The table in
/// docs/contracts.md is made of these notes.
struct Proves: TestTrait, TestScoping {
    let dialect: Dialect
    let rows: [String]

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let hasFailed = Mutex(false)
        let watching = IssueHandlingTrait.compactMapIssues { issue in
            hasFailed.withLock { $0 = true }
            return issue
        }
        try await watching.provideScope(for: test, testCase: testCase, performing: function)
        guard !hasFailed.withLock(\.self) else { return }
        for row in rows { try note(row, test) }
    }

    private func note(_ row: String, _ test: Test) throws {
        let folder = Project.file(".build/contract")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let note = [
            "dialect": dialect.rawValue, "row": row, "test": test.displayName ?? test.name,
            "file": test.sourceLocation.fileName,
        ]
        let line = try JSONSerialization.data(withJSONObject: note, options: [.sortedKeys]) + Data("\n".utf8)
        let file = folder.appendingPathComponent("\(dialect.rawValue).jsonl").path
        let descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        defer { close(descriptor) }
        // One write to the end of the file: whole, whoever else writes.
        _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}

extension Trait where Self == Proves {
    /// When the test passes, it proves `rows` of the contract of `dialect`: a method and path, `event NAME`, `limits`.
    static func proves(_ dialect: Dialect, _ rows: String...) -> Proves { Proves(dialect: dialect, rows: rows) }
}
