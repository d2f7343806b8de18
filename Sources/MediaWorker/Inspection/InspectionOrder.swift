public import MediaModel

/// The parameters of an inspection, independent of where the file's bytes are.
public struct InspectionOrder: Sendable, Codable {
    /// How much an inspection does.
    public enum Depth: String, Sendable, Codable {
        /// Streams, sizes, and the duration where the head states it: for a file that is still arriving.
        case head
        /// Everything that the policy asks for, of a file that is still arriving; ``MediaError/Code/incomplete`` where only
        /// the rest of it can tell.
        case arriving
        /// Everything that the policy asks for.
        case full
    }

    /// The length of the file in bytes; with ``Depth/head`` what has arrived so far, with ``Depth/arriving`` the most that
    /// may arrive.
    public var size: Int
    /// The ranges that are available; `nil` when the whole file is.
    public var present: [Range<Int>]?
    /// The name that the sender gave the file. It distinguishes document types that have the same first bytes (Office
    /// files of before 2007, and packages whose first entries are ambiguous); media are recognised by their content alone.
    public var filename: String?
    /// What is accepted and what is made of it.
    public var policy: MediaPolicy
    /// How much to do.
    public var depth: Depth

    /// Creates an order; by default the whole file is available and everything is to be done.
    public init(
        size: Int, present: [Range<Int>]? = nil, filename: String? = nil, policy: MediaPolicy, depth: Depth = .full
    ) {
        self.size = size
        self.present = present
        self.filename = filename
        self.policy = policy
        self.depth = depth
    }
}
