import CLinux
import Testing

@testable import HTTPServer

struct FreedMemoryTests {
    private static let size = 512 << 20
    /// Smaller than what the allocator gets from the system as a mapping of its own, which it would return at once.
    private static let blockSize = 32 << 10

    @Test("memory that was freed below what is still used is given back to the system")
    func givesBack() {
        let blocks = (0..<(Self.size / Self.blockSize)).map { _ in
            let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockSize, alignment: 16)
            block.initializeMemory(as: UInt8.self, repeating: 1)
            return block
        }
        // Some stay in use: freed memory that nothing else follows is given back without further ado.
        for (number, block) in blocks.enumerated() where !number.isMultiple(of: 64) { block.deallocate() }
        let before = darkroom_private_memory()
        FreedMemory.giveBack()
        // Other tests use memory, too, though not half as much.
        #expect(darkroom_private_memory() + Self.size / 2 < before)
        for (number, block) in blocks.enumerated() where number.isMultiple(of: 64) { block.deallocate() }
    }
}
