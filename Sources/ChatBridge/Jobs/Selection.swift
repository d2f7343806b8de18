/// Where the next page of a selection begins.
public enum SelectionCursor: Sendable, Hashable, Codable {
    /// After the message of that number.
    case message(Int)
    /// After the medium of that id.
    case media(String)
    /// After that many of the keys that the request lists.
    case key(Int)
    /// After the object of that key, in the order of the object store.
    case object(String)
}

/// A page of what a request selects.
public struct Selection: Sendable, Hashable {
    /// Keys of originals; one that is referenced twice may be listed twice.
    public var objects: [String]
    /// Where the next page begins; `nil` when this is the last.
    public var next: SelectionCursor?

    /// A page.
    public init(objects: [String], next: SelectionCursor? = nil) {
        self.objects = objects
        self.next = next
    }
}

/// Where a job's selection goes on.
public struct SelectionPosition: Sendable, Hashable {
    /// What is selected.
    public var request: MediaJobRequest
    /// Where the next page begins; `nil` for the first.
    public var cursor: SelectionCursor?

    package init(request: MediaJobRequest, cursor: SelectionCursor?) {
        self.request = request
        self.cursor = cursor
    }
}
