package import ChatBridge
package import ObjectStore

extension ObjectKey {
    /// Whether an object of this key may be a file that others wrote: pieces of uploads that are not finished are no files, and previews of
    /// registered objects no media.
    package var mayBeImported: Bool {
        !rawValue.hasPrefix(PartwiseWrite.keyPrefix) && !rawValue.hasPrefix(ImportPreparer.previewPrefix)
    }
}

extension MediaJobItem.Reason {
    /// An object with such a name cannot be registered.
    package static let unusableName = Self(
        "unusable_name",
        "Only letters, digits, dots, hyphens, underscores and slashes can be in a name that is used here: copy the object."
    )
}
