import CSodium

/// Passwords as they are stored: Argon2id (RFC 9106) with a random salt, by libsodium. A hash takes 64 MiB of memory and about a
/// tenth of a second: never on a thread of the cooperative pool.
public enum PasswordHash {
    /// A hash of the same cost that no password has, with which a password is compared where there is no account.
    public static let none =
        "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    /// The hash of `password`, with its parameters and salt as text; `nil` where there is no memory.
    public static func make(_ password: String) -> String? {
        guard isInitialized else { return nil }
        var text = [CChar](repeating: 0, count: Int(crypto_pwhash_strbytes()))
        let bytes = password.utf8.map(CChar.init(bitPattern:))
        let result = crypto_pwhash_str(
            &text, bytes, UInt64(bytes.count), UInt64(crypto_pwhash_opslimit_interactive()),
            crypto_pwhash_memlimit_interactive())
        guard result == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether `hash` was made of `password`; `false` for a text that is no hash.
    public static func matches(_ password: String, _ hash: String) -> Bool {
        guard isInitialized, hash.utf8.count < Int(crypto_pwhash_strbytes()) else { return false }
        let bytes = password.utf8.map(CChar.init(bitPattern:))
        return crypto_pwhash_str_verify(hash, bytes, UInt64(bytes.count)) == 0
    }

    /// libsodium is initialized once, when the first password is hashed.
    private static let isInitialized = sodium_init() >= 0
}
