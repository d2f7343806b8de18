import ChatDocuments
import Testing

@testable import ChatStoreMongoDB

@Suite("Commands to MongoDB")
struct CommandBatchesTests {
    private func sizes(_ lengths: [Int]) -> [Int] {
        CommandBatches(lengths.map { ["text": .string(String(repeating: "x", count: $0))] }).map(\.count)
    }

    @Test("carry what the server accepts: few large documents, many small ones, or a single one that is larger")
    func batches() {
        #expect(sizes([]) == [])
        #expect(sizes([1]) == [1])
        #expect(sizes(Array(repeating: 10, count: 2_500)) == [1_000, 1_000, 500])
        #expect(sizes([5 << 20, 5 << 20, 1 << 20, 1 << 20, 1 << 20]) == [1, 3, 1])
        #expect(sizes([10, 12 << 20, 10]) == [1, 1, 1])
    }
}
