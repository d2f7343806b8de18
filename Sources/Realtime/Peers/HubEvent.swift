public import JSON

/// An event for the connections of a hub, on whichever node they are.
public struct HubEvent: Sendable, Hashable {
    /// The name of the event.
    public var name: String
    /// Its arguments.
    public var arguments: [JSONValue]
    /// The groups of which a receiver is in one: rooms of a Socket.IO hub, users of another.
    public var groups: Set<String>
    /// Whether all connections are receivers, whichever groups they are in.
    public var isForAll = false
    /// A group that a receiver is in as well; `nil` for no such condition.
    public var within: String?
    /// Groups whose connections do not receive it.
    public var outside: Set<String>
    /// The ID of a connection that does not receive it.
    public var except: String?
    /// Whether it is of the moment only (typing, presence): a connection for which much waits does not receive it, rather than being
    /// closed because of it.
    public var isEphemeral = false
    /// What the hub's handler of written events is called with; `nil` for an event that it is not called for.
    public var tag: String?

    /// An event.
    public init(
        _ name: String, _ arguments: [JSONValue], to groups: Set<String>, within: String? = nil,
        outside: Set<String> = [],
        except: String? = nil, tag: String? = nil
    ) {
        self.name = name
        self.arguments = arguments
        self.groups = groups
        self.within = within
        self.outside = outside
        self.except = except
        self.tag = tag
    }
}

/// A connection to another node, as far as this one knows it.
public struct PeerConnection: Sendable, Hashable {
    /// The groups that it is in.
    public var groups: Set<String>
    /// The device that it belongs to, where the dialect distinguishes devices.
    public var device: String?

    /// A connection.
    public init(groups: Set<String>, device: String? = nil) {
        self.groups = groups
        self.device = device
    }
}
