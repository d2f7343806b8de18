/// The format of the IDs that this service assigns to sessions and connections.
package enum ConnectionID {
    /// Whether `text` has that format: 1 to 128 bytes of printable ASCII, for which comparing strings is the same as
    /// comparing bytes.
    package static func isValid(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
