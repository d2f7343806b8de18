public import Bytes
public import FFmpeg
public import MediaModel

/// A file to inspect. Everything but its bytes is `Codable` (``InspectionOrder``), so that a job can be sent to another process
/// with the descriptor beside it, or with a service that reads ranges for it.
public struct InspectionJob: Sendable {
    /// Where the bytes are.
    public var place: ByteSource.Place
    /// What to do with them.
    public var order: InspectionOrder

    /// Creates an inspection of the bytes at `place`.
    public init(place: ByteSource.Place, order: InspectionOrder) {
        self.place = place
        self.order = order
    }

    /// Creates an inspection of the file that `descriptor` refers to.
    public init(descriptor: OwnedDescriptor, order: InspectionOrder) {
        self.init(place: .file(descriptor), order: order)
    }

    /// Creates a full inspection of the first `size` bytes of a file, all of which are available.
    public init(descriptor: OwnedDescriptor, size: Int, filename: String? = nil, policy: MediaPolicy) {
        self.init(descriptor: descriptor, order: InspectionOrder(size: size, filename: filename, policy: policy))
    }

    var source: ByteSource { ByteSource(place: place, size: order.size, present: order.present) }
}
