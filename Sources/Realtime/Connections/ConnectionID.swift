/// The form of the ids that this service gives to sessions and connections.
enum ConnectionID {
    /// Whether `text` may be such an id: 1 to 128 bytes of printable ASCII, for which the comparison of texts is that of bytes.
    static func isValid(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
