package import JSON

/// How far a copy is.
package struct MigrationProgress: Sendable, Hashable, Codable {
    /// The sections that were copied.
    package var sections: Set<MigrationSection> = []
    /// The section that is being copied.
    package var section: MigrationSection?
    /// Up to where that was copied.
    package var cursor: JSONValue?
    /// The number of the conversation up to which everything was copied.
    package var conversation = 0
    /// The number of the message up to which the following conversation was copied.
    package var message = 0
    /// The greatest place of a message or conversation so far.
    package var greatestPlace = 0

    /// Nothing was copied.
    package init() {}
}
