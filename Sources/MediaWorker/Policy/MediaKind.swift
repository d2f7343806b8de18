/// What a file is to a chat.
public enum MediaKind: String, Sendable, Codable, CaseIterable {
    case video, audio, image, document
}
