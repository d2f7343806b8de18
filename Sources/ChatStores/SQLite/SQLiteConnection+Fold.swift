import CSQLite
import ChatBridge

extension SQLiteConnection {
    /// Adds the SQL function `fold(text)` to a connection: the form in which a search compares a text, or `NULL` where SQLite's
    /// own `lower` gives the same.
    static func addFold(to handle: OpaquePointer) {
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC
        sqlite3_create_function_v2(
            handle, "fold", 1, flags, nil,
            { context, _, arguments in
                guard let context, let value = arguments?[0], let bytes = sqlite3_value_text(value) else { return }
                let count = Int(sqlite3_value_bytes(value))
                let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
                guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return }
                var folded = SearchText.folded(text)
                guard !folded.utf8.elementsEqual(text.utf8.map(lowercasedASCII)) else { return }
                folded.withUTF8 { bytes in
                    bytes.withMemoryRebound(to: CChar.self) { characters in
                        // An empty buffer may have no base address, which SQLite would treat as NULL.
                        guard let start = characters.baseAddress else {
                            return darkroom_sqlite_result_text(context, "", 0)
                        }
                        darkroom_sqlite_result_text(context, start, Int32(characters.count))
                    }
                }
            }, nil, nil, nil)
    }
}

/// As SQLite's `lower` does.
private func lowercasedASCII(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
