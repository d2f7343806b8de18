import ChatBridge
import ChatTestSupport
import Foundation
import Testing

struct ObjectIDTests {
    let date = Date(timeIntervalSince1970: 0x65A5_0B28)

    @Test("an ID has time, process and counter")
    func parts() {
        let ids = ObjectIDGenerator(process: [1, 2, 3, 4, 5], counter: 0xFFFFFE)
        #expect(ids.next(at: date).description == "65a50b280102030405fffffe")
        #expect(ids.next(at: date).description == "65a50b280102030405ffffff")
        #expect(ids.next(at: date).description == "65a50b280102030405000000")
        #expect(ids.next(at: date).date == date)
    }

    @Test("IDs sort by time")
    func order() {
        let ids = ObjectIDGenerator()
        #expect(ids.next(at: date) < ids.next(at: date + 1))
    }

    @Test("an ID has exactly 24 hexadecimal digits")
    func validation() {
        #expect(ObjectID("65A50B280102030405FFFFFE")?.description == "65a50b280102030405fffffe")
        #expect(ObjectID("65a50b280102030405fffff") == nil)
        #expect(ObjectID("65a50b280102030405fffffg") == nil)
        #expect(ObjectID("") == nil)
    }

    @Test("IDs that are generated concurrently are all different")
    func unique() async {
        let ids = ObjectIDGenerator()
        let made = await withTaskGroup(of: [ObjectID].self) { group in
            for _ in 0..<8 { group.addTask { (0..<500).map { _ in ids.next(at: date) } } }
            return await group.reduce(into: Set<ObjectID>()) { $0.formUnion($1) }
        }
        #expect(made.count == 4000)
    }
}

struct TimestampTests {
    @Test(
        "dates are written in UTC, to the millisecond",
        arguments: [
            (1_705_314_600.123, "2024-01-15T10:30:00.123Z"), (1_705_314_600, "2024-01-15T10:30:00.000Z"),
            (1_705_314_599.9996, "2024-01-15T10:30:00.000Z"),
        ])
    func milliseconds(seconds: Double, text: String) {
        #expect(Timestamp.milliseconds(Date(timeIntervalSince1970: seconds)) == text)
    }
}
