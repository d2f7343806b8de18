@main
struct Darkroom {
    static func main() async {}
}
