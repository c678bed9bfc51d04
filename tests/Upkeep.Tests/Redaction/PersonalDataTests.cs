using Upkeep.Redaction;

namespace Upkeep.Tests.Redaction;

public sealed class PersonalDataTests
{
    [Theory]
    [InlineData("?email=bob%40mail.example&x=1", "bob")]
    [InlineData("mail to o'brien@example.com", "brien")]
    [InlineData("mail to charlie.o'brien@example.com", "charlie")]
    [InlineData("user müller@münchen.de failed", "ller")]
    [InlineData("iban DE89 3704 0044 0532 0130 00 x", "0130")]
    [InlineData("iban DE89370400440532013000", "37040044")]
    [InlineData("amex 378282246310005", "378282246310005")]
    [InlineData("amex 3782 822463 10005", "822463")]
    [InlineData("ssn 123-45-6789", "6789")]
    [InlineData("phone (555) 123-4567", "4567")]
    [InlineData("token%3Dabcdef123456", "abcdef")]
    [InlineData("https://x/?X-Amz-Signature=abcdef012345&sig=ab%2Bcd", "abcdef")]
    [InlineData("https://x/?a=b&sig=qwertz%2Bcd", "qwertz")]
    [InlineData("mysql -uroot -psecret shop", "secret")]
    [InlineData("curl -u admin:secret http://x/", "secret")]
    [InlineData("-----BEGIN RSA PRIVATE KEY----- MIIEvQ abc", "MIIEvQ")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIEvQ\nabc\n-----END PRIVATE KEY-----", "abc")]
    public void What_tells_of_people_or_opens_doors_is_masked(string text, string hidden) =>
        PersonalData.Clean(text, 400).ShouldNotContain(hidden);

    [Theory]
    [InlineData("order 4711 of 2026-11-24 failed in 123 ms")]
    [InlineData("mkdir -p /srv/app: it's done @ noon")]
    [InlineData("connection 10-20-30 to shard AB12 lost")]
    public void What_tells_of_nobody_stays(string text) => PersonalData.Clean(text, 400).ShouldBe(text);
}
