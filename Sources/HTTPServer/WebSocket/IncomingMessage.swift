/// The message that is being received, frame by frame. It uses one byte of memory per byte, however many frames it has.
struct IncomingMessage {
    /// The limit that a message exceeds.
    enum Violation: Equatable {
        case tooLong
        case tooManyFragments
    }

    /// The most bytes it may have.
    var maximumBytes: Int
    private var bytes: [UInt8] = []
    private var fragments = 0
    private var isInControlFrame = false

    /// The most frames of one message: every frame costs time, also one that holds nothing.
    static let maximumFragments = 4_096

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// A frame of `length` bytes begins. Returns the limit that it exceeds, if any.
    mutating func frameBegins(isControl: Bool, length: UInt64) -> Violation? {
        isInControlFrame = isControl
        guard !isControl else { return nil }
        fragments += 1
        guard fragments <= Self.maximumFragments else { return .tooManyFragments }
        return length > UInt64(max(0, maximumBytes - bytes.count)) ? .tooLong : nil
    }

    /// Bytes of the frame that began last. Those of control frames are not part of the message.
    mutating func append(_ more: UnsafeBufferPointer<UInt8>) {
        guard !isInControlFrame, bytes.count + more.count <= maximumBytes else { return }
        bytes.append(contentsOf: more)
    }

    /// Returns the complete message and starts over.
    mutating func take() -> [UInt8] {
        fragments = 0
        defer { bytes = [] }
        return bytes
    }
}
