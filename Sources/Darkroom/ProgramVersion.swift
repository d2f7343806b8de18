/// The version of the program, which CHANGELOG.md describes.
enum ProgramVersion {
    static let current = "0.4.0"
}
