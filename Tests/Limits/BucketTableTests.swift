import Testing

@testable import Limits

@Suite("The keys of a rate limit")
struct BucketTableTests {
    private let rule = RateRule("test", maximum: 10_000, per: .seconds(3600))

    @Test("when there are too many, exactly those that have used least are forgotten")
    func lowest() {
        var table = BucketTable(rule, capacity: 4_000)
        for number in 1...4_000 { #expect(table.take(number, of: "key \(number)", at: .zero) == nil) }
        #expect(table.take(1, of: "new", at: .zero) == nil)
        #expect(table.count == 2_001)
        let forgotten = (1...4_000).filter { table.level(of: "key \($0)", at: .zero) == 0 }
        #expect(forgotten == Array(1...2_000))
    }

    @Test("of keys that have used as much as each other, only as many are forgotten as are too many")
    func equal() {
        var table = BucketTable(rule, capacity: 100)
        for number in 0..<70 { _ = table.take(1, of: "low \(number)", at: .zero) }
        for number in 0..<30 { _ = table.take(10_000, of: "high \(number)", at: .zero) }
        #expect(table.take(1, of: "new", at: .zero) == nil)
        #expect(table.count == 51)
        for number in 0..<30 { #expect(table.take(1, of: "high \(number)", at: .zero) != nil) }
    }
}
