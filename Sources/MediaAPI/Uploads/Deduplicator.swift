import MediaModel
import MediaWorker
import Metrics
import ObjectStore

/// Decides which objects may be shared, and counts those that are.
struct Deduplicator: Sendable {
    private let deduplication: Deduplication
    private let objects: Counter
    private let bytes: Counter

    init(_ deduplication: Deduplication, metrics: MetricsRegistry) {
        self.deduplication = deduplication
        objects = metrics.add(
            Counter(
                "darkroom_deduplicated_objects_total",
                "Objects that were not stored, because one of the same content was."))
        bytes = metrics.add(
            Counter(
                "darkroom_deduplicated_bytes_total",
                "Bytes that were not stored, because an object of the same content was."))
    }

    /// What the objects have in common that a user's upload may share; `nil` when it shares none.
    func scope(of owner: String) -> [String]? {
        switch deduplication {
        case .off: nil
        case .owner: ["owner", owner]
        case .all: ["all"]
        }
    }

    /// Counts the objects of `media` that are not stored.
    func count(_ shared: [String: ObjectKey], of media: ValidatedUpload) {
        objects.add(shared.count)
        let original = shared[media.objectKey.rawValue] == nil ? 0 : media.record.fileSize
        let thumbnail =
            media.thumbnailKey.flatMap { shared[$0.rawValue] } == nil ? 0 : media.inspection.thumbnail?.count
        bytes.add(original + (thumbnail ?? 0))
    }
}
