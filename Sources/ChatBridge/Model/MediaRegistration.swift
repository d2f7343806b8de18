/// The result of registering an object that was written by others as a medium.
public enum MediaRegistration: Sendable, Hashable {
    /// A medium shows it now.
    case registered
    /// Messages or media reference it already. Nothing was saved.
    /// - `by`: the medium whose original it is, if there is one.
    case referenced(by: MediaItem?)
    /// It is reserved, a client may still write it, or it is about to be deleted. Nothing was saved.
    case inUse
}
