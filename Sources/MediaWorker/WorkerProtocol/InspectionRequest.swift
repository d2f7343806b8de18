/// A file to inspect, as it is sent to a worker.
struct InspectionRequest: Codable {
    var order: InspectionOrder
    /// Whether the worker has to request the file's bytes; otherwise it receives a descriptor beside the message.
    var isRemote: Bool
}
