/// Recognises texts that are one emoji by Unicode Technical Standard 51, section 1.4 (emoji sequences).
public enum Emoji {
    private static let joiner: Unicode.Scalar = "\u{200D}"
    private static let emojiStyle: Unicode.Scalar = "\u{FE0F}"
    private static let keycap: Unicode.Scalar = "\u{20E3}"
    private static let blackFlag: Unicode.Scalar = "\u{1F3F4}"
    private static let tags: ClosedRange<UInt32> = 0xE0020...0xE007E
    private static let endOfTags: Unicode.Scalar = "\u{E007F}"
    /// The range in which Unicode adds emoji: a code point that is not assigned there is one of a newer version.
    private static let pictographs: ClosedRange<UInt32> = 0x1F6D0...0x1FAFF

    /// Whether `text` is one emoji and nothing else: a pictograph, with a skin tone or without, several joined by
    /// ZERO WIDTH JOINER, a keycap or a flag.
    public static func isOne(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        return isFlag(scalars) || isKeycap(scalars) || isRegionalFlag(scalars) || isJoined(scalars)
    }

    /// Two regional indicators, which stand for the code of a country.
    private static func isFlag(_ scalars: [Unicode.Scalar]) -> Bool {
        scalars.count == 2 && scalars.allSatisfy(isRegionalIndicator)
    }

    private static func isKeycap(_ scalars: [Unicode.Scalar]) -> Bool {
        guard let first = scalars.first, isKey(first), scalars.last == keycap else { return false }
        return scalars.count == 2 || (scalars.count == 3 && scalars[1] == emojiStyle)
    }

    /// A black flag followed by the tag characters of a subdivision of a country.
    private static func isRegionalFlag(_ scalars: [Unicode.Scalar]) -> Bool {
        scalars.count > 2 && scalars.first == blackFlag && scalars.last == endOfTags
            && scalars.dropFirst().dropLast().allSatisfy { tags.contains($0.value) }
    }

    private static func isJoined(_ scalars: [Unicode.Scalar]) -> Bool {
        scalars.split(separator: joiner, omittingEmptySubsequences: false).allSatisfy(isElement)
    }

    /// A pictograph, alone, in emoji style or with a skin tone.
    private static func isElement(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let base = scalars.first, isPictograph(base) else { return false }
        let rest = Array(scalars.dropFirst())
        switch rest.count {
        case 0: return true
        case 1: return rest[0] == emojiStyle || (isSkinTone(rest[0]) && base.properties.isEmojiModifierBase)
        default: return false
        }
    }

    private static func isPictograph(_ scalar: Unicode.Scalar) -> Bool {
        if pictographs.contains(scalar.value), scalar.properties.generalCategory == .unassigned { return true }
        return scalar.properties.isEmoji && !isKey(scalar) && !isRegionalIndicator(scalar) && !isSkinTone(scalar)
    }

    /// A digit, `#` or `*`: Unicode counts them as emoji only because of keycaps.
    private static func isKey(_ scalar: Unicode.Scalar) -> Bool { scalar.isASCII && scalar.properties.isEmoji }

    private static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool {
        (0x1F1E6...0x1F1FF).contains(scalar.value)
    }

    private static func isSkinTone(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isEmojiModifier }
}
