/// Removes metadata from a WebM or Matroska file (RFC 9559), also from one of unknown length, as browsers record it. Every byte keeps its
/// place: elements become Void elements of the same length, and what a segment says of their places stays true.
struct MatroskaMetadataSteps: FilterSteps {
    private typealias Name = MatroskaIdentifier

    /// The maximum length of an element that is examined as a whole, in bytes.
    private static let maximumContent = 1 << 20
    /// The maximum length of any element, in bytes: no file is larger.
    private static let maximumElement = 1 << 50

    private enum State {
        case between, identifier, size, restOfSize
        case codecPrivate, simpleTag
        case ended
    }

    /// An element that has begun.
    private struct Open {
        let container: MatroskaContainer
        /// The offset behind it; `nil` where its size is unknown.
        let end: Int?
    }

    private let removal: MetadataRemoval
    private let policy: MatroskaPolicy
    private var state = State.between
    private var open: [Open] = []
    /// What has arrived of an element's header, and whether it was written.
    private var header: [UInt8] = []
    private var isHeaderKept = false
    /// The offset behind the bytes that steps were decided for.
    private var offset = 0
    private(set) var isClean = true

    init(_ removal: MetadataRemoval) {
        self.removal = removal
        policy = MatroskaPolicy(removesAll: removal == .all)
    }

    private var container: MatroskaContainer { open.last?.container ?? .file }

    mutating func next(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        switch state {
        case .between:
            if let ended = open.firstIndex(where: { $0.end.map { $0 <= offset } ?? false }) {
                open.removeSubrange(ended...)
            }
            (header, isHeaderKept, state) = ([], false, .identifier)
            return take(1, FilterStep.collect)
        case .identifier:
            let width = EBMLHeader.width(bytes[0])
            // Elements that end a cluster have longer identifiers, and no child of it is removed.
            isHeaderKept = container == .cluster && width == 1
            add(bytes, &output)
            guard width <= 4 else { return passRest(&output) }
            state = .size
            return take(width, FilterStep.collect)
        case .size:
            add(bytes, &output)
            let width = EBMLHeader.width(bytes[bytes.count - 1])
            guard width <= 8 else { return passRest(&output) }
            if width == 1 { return begin(&output) }
            state = .restOfSize
            return take(width - 1, FilterStep.collect)
        case .restOfSize:
            add(bytes, &output)
            return begin(&output)
        case .codecPrivate:
            output.write(CodecPrivateData.edited(bytes, removal))
        case .simpleTag:
            if MatroskaPolicy.isPlace(bytes[...]) {
                output.write(Self.void(header, bytes.count))
                output.blank(bytes.count)
            } else {
                output.write(header)
                output.keep(bytes)
            }
        case .ended: return .pass(.max)
        }
        state = .between
        return .pass(0)
    }

    mutating func end(_ bytes: [UInt8], _ output: inout FilterOutput) {
        switch state {
        // The element is incomplete.
        case .simpleTag:
            output.write(Self.void(header, EBMLHeader(header)?.size ?? bytes.count))
            output.blank(bytes.count)
        case .codecPrivate: output.blank(bytes.count)
        case .between, .identifier, .size, .restOfSize:
            if !isHeaderKept { output.write(header) }
            output.write(bytes)
        case .ended: break
        }
    }

    /// Adds bytes to the header.
    private mutating func add(_ bytes: [UInt8], _ output: inout FilterOutput) {
        header += bytes
        if isHeaderKept { output.keep(bytes) }
    }

    /// Decides what becomes of the element of which the header is complete.
    private mutating func begin(_ output: inout FilterOutput) -> FilterStep {
        guard let element = EBMLHeader(header) else { return passRest(&output) }
        endUnknownSizes(element.identifier)
        let action = policy.action(element, in: container)
        if case .open(let container) = action {
            guard let end = end(of: element) else { return passRest(&output) }
            open.append(Open(container: container, end: element.size == nil ? nil : end))
            return write(header, .pass(0), &output)
        }
        guard let size = element.size, end(of: element) != nil else { return passRest(&output) }
        switch action {
        case .keep: return write(header, take(size, FilterStep.pass), &output)
        case .blank: return write(header, take(size, FilterStep.blank), &output)
        case .codecPrivate where size > 0 && size <= Self.maximumContent:
            _ = write(header, .pass(0), &output)
            state = .codecPrivate
            return take(size, FilterStep.collect)
        case .codecPrivate:
            isClean = isClean && size == 0
            return write(header, take(size, FilterStep.pass), &output)
        case .simpleTag where size > 0 && size <= Self.maximumContent:
            state = .simpleTag
            return take(size, FilterStep.collect)
        case .void, .simpleTag: return write(Self.void(header, size), take(size, FilterStep.blank), &output)
        case .open, .unexpected: return passRest(&output)
        }
    }

    /// The offset behind an element, or what it is within; `nil` where it would end behind that.
    private func end(of element: EBMLHeader) -> Int? {
        let limit = open.last { $0.end != nil }?.end ?? .max
        guard let size = element.size else {
            return [Name.segment, Name.cluster].contains(element.identifier) ? limit : nil
        }
        guard size <= Self.maximumElement, size <= limit - offset else { return nil }
        return offset + size
    }

    /// Ends elements of unknown size that cannot contain the one that follows (RFC 8794, section 6.2).
    private mutating func endUnknownSizes(_ identifier: Int) {
        let endsSegment = identifier == Name.head || identifier == Name.segment
        while let last = open.last, last.end == nil,
            endsSegment || last.container == .cluster && Name.inSegment.contains(identifier)
        {
            open.removeLast()
        }
    }

    private mutating func write(_ header: [UInt8], _ step: FilterStep, _ output: inout FilterOutput) -> FilterStep {
        if !isHeaderKept { output.write(header) }
        (self.header, state) = ([], .between)
        return step
    }

    /// Passes everything that follows: the structure is not understood.
    private mutating func passRest(_ output: inout FilterOutput) -> FilterStep {
        if !isHeaderKept { output.write(header) }
        (isClean, state) = (false, .ended)
        return .pass(.max)
    }

    private mutating func take(_ count: Int, _ step: (Int) -> FilterStep) -> FilterStep {
        offset += count
        return step(count)
    }

    /// The beginning of a Void element with the same length as one that has `header` and `size` bytes of content: zeros follow it.
    private static func void(_ header: [UInt8], _ size: Int) -> [UInt8] {
        let width = min(header.count - 1, 8)
        let rest = header.count - 1 - width
        let number = (size + rest) | 1 << (7 * width)
        return [UInt8(Name.void)] + (0..<width).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
            + [UInt8](repeating: 0, count: rest)
    }
}
