/// Where the next page of a selection begins.
public enum SelectionCursor: Sendable, Hashable, Codable {
    /// After the message of that number.
    case message(Int)
    /// After the medium of that id.
    case media(String)
    /// After that many of the keys that the request lists.
    case key(Int)
}

/// A page of what a request selects.
public struct Selection: Sendable, Hashable {
    /// Keys of originals; one that is referenced twice may be listed twice.
    public var objects: [String]
    /// Where the next page begins; `nil` when this is the last.
    public var next: SelectionCursor?

    package init(objects: [String], next: SelectionCursor? = nil) {
        self.objects = objects
        self.next = next
    }
}
