import Bytes

/// Follows the steps of a format in chunks of any size.
struct SteppedFilter<Steps: FilterSteps>: MetadataFilter {
    private var steps: Steps
    private var step = FilterStep.pass(0)
    /// What has arrived of the bytes to collect.
    private var collected: [UInt8] = []

    init(_ steps: Steps) { self.steps = steps }

    var isClean: Bool { steps.isClean }

    mutating func receive(_ chunk: ByteChunk) -> [ByteChunk] {
        var output = FilterOutput(chunk)
        chunk.withUnsafeBytes { bytes in
            var position = 0
            while position < bytes.count { advance(bytes, &position, &output) }
        }
        return output.finish()
    }

    mutating func finish() -> [ByteChunk] {
        var output = FilterOutput(ByteChunk([]))
        if case .collect(let count) = step, count > 0 {
            steps.end(collected, &output)
        } else {
            steps.end([], &output)
        }
        (collected, step) = ([], .pass(.max))
        return output.finish()
    }

    private mutating func advance(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ output: inout FilterOutput
    ) {
        let start = position
        switch step {
        case .collect(let count) where count > 0:
            let part = min(count - collected.count, bytes.count - position)
            collected += bytes[position..<position + part]
            position += part
            guard collected.count == count else { return }
            output.setCollected(part == count ? start..<position : nil)
            let whole = collected
            collected = []
            step = steps.next(whole, &output)
        case .pass(let count) where count > 0:
            let part = min(count, bytes.count - position)
            output.pass(position..<position + part)
            position += part
            step = .pass(count - part)
        case .blank(let count) where count > 0:
            let part = min(count, bytes.count - position)
            output.blank(part)
            position += part
            step = .blank(count - part)
        case .drop(let count) where count > 0:
            let part = min(count, bytes.count - position)
            position += part
            step = .drop(count - part)
        case .collect, .pass, .blank, .drop:
            step = steps.next([], &output)
        }
    }
}
