/// A damaged file, the same for the same seed, index and corpus.
public struct Mutant: Sendable {
    /// The name of the original.
    public let origin: String
    /// The mutations, in order.
    public let mutations: [Mutation]
    /// The content.
    public let bytes: [UInt8]

    private static let mostMutations = 6

    /// The mutant number `index` of the run with `seed`. The corpus has at least one file.
    public init(seed: UInt64, index: Int, corpus: Corpus) {
        var random = Self.generator(seed, index)
        let file = corpus.files[Int.random(in: corpus.files.indices, using: &random)]
        let other = corpus.files[Int.random(in: corpus.files.indices, using: &random)]
        self.init(of: file, other: other, &random)
    }

    /// The mutant number `index` of `bytes` alone.
    public init(seed: UInt64, index: Int, of bytes: [UInt8]) {
        var random = Self.generator(seed, index)
        let file = Corpus.File(name: "", bytes: bytes)
        self.init(of: file, other: file, &random)
    }

    private init(of file: Corpus.File, other: Corpus.File, _ random: inout SeededGenerator) {
        var bytes = file.bytes
        var mutations: [Mutation] = []
        for _ in 0..<Int.random(in: 1...Self.mostMutations, using: &random) {
            let mutation = Mutation.allCases[Int.random(in: Mutation.allCases.indices, using: &random)]
            mutation.apply(to: &bytes, other: other.bytes, using: &random)
            mutations.append(mutation)
        }
        origin = file.name
        self.mutations = mutations
        self.bytes = bytes
    }

    private static func generator(_ seed: UInt64, _ index: Int) -> SeededGenerator {
        var scramble = SeededGenerator(seed: seed ^ UInt64(truncatingIfNeeded: index) &* 0xD134_2543_DE82_EF95)
        return SeededGenerator(seed: scramble.next())
    }
}
