/// The names of a cluster's keys.
struct ClusterKeys: Sendable {
    /// What all of them begin with.
    let prefix: String

    /// The stream of messages.
    var stream: String { "\(prefix):events" }
    /// The set of the IDs of all nodes.
    var nodes: String { "\(prefix):nodes" }
    /// The connections of a node: a hash that expires when the node is not heard of.
    func node(_ id: String) -> String { "\(prefix):node:\(id)" }

    /// The node that announces that another one is gone.
    func gone(_ id: String) -> String { "\(prefix):gone:\(id)" }

    /// A field of a node's hash.
    enum Field {
        case connection(hub: String, id: String)
        case status(hub: String, user: String)

        private static let separator: Character = "\u{1F}"

        /// The name of the field.
        var name: String {
            switch self {
            case .connection(let hub, let id): "c\(Self.separator)\(hub)\(Self.separator)\(id)"
            case .status(let hub, let user): "s\(Self.separator)\(hub)\(Self.separator)\(user)"
            }
        }

        /// The field of this name; `nil` for another one.
        init?(_ name: String) {
            let parts = name.split(separator: Self.separator, maxSplits: 2, omittingEmptySubsequences: false).map(
                String.init)
            guard parts.count == 3 else { return nil }
            switch parts[0] {
            case "c": self = .connection(hub: parts[1], id: parts[2])
            case "s": self = .status(hub: parts[1], user: parts[2])
            default: return nil
            }
        }
    }
}
