import Testing

@testable import Bytes

struct ByteChunkTests {
    @Test("a slice shows the bytes it names and shares the memory")
    func slicing() {
        let chunk = ByteChunk([1, 2, 3, 4, 5] as [UInt8])
        let middle = chunk[1..<4]
        #expect([UInt8](middle) == [2, 3, 4])
        #expect([UInt8](middle[1..<2]) == [3])
        let addresses = (
            chunk.withUnsafeBytes { $0.baseAddress.map { $0 + 1 } }, middle.withUnsafeBytes { $0.baseAddress }
        )
        #expect(addresses.0 == addresses.1)
    }

    @Test("a buffer returns to its pool when the last chunk of it is gone, not before")
    func recycling() {
        let pool = BufferPool(bufferSize: 64, maximumKept: 1)
        var slice: ByteChunk?
        var first: UnsafeRawPointer?
        do {
            var buffer = pool.acquire()
            buffer.withUnsafeMutableBytes { $0[3] = 7 }
            let whole = buffer.freeze(count: 10)
            first = whole.withUnsafeBytes { $0.baseAddress }
            slice = whole[3..<4]
        }
        let other = pool.acquire().freeze(count: 1)
        #expect(other.withUnsafeBytes { $0.baseAddress } != first)
        #expect(slice.map { [UInt8]($0) } == [7])
        slice = nil
        let again = pool.acquire().freeze(count: 1)
        #expect(again.withUnsafeBytes { $0.baseAddress } == first)
    }

    @Test("a pool frees buffers that were not needed for a while, and keeps those that are used again")
    func trimming() {
        let pool = BufferPool(bufferSize: 64)
        do { _ = (0..<4).map { _ in pool.acquire().freeze(count: 1) } }
        #expect(pool.unused == 4)
        pool.trim()
        #expect(pool.unused == 4, "they were needed since the last time")
        do { _ = (0..<3).map { _ in pool.acquire().freeze(count: 1) } }
        pool.trim()
        #expect(pool.unused == 3)
        pool.trim()
        #expect(pool.unused == 0)
    }
}
