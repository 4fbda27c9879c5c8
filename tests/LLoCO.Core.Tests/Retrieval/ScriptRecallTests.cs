using System.Globalization;
using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Postgres;
using LLoCO.Postgres;
using Xunit;

namespace LLoCO.Core.Tests.Retrieval;

/// <summary>
/// Recall of the first document on 50 questions for each of several scripts. Fifty documents of one script say where a person lives
/// and what they do, in the same words but for names, towns and trades, ten people sharing each; every question names what only one
/// document has together. The share is written to the test's output.
/// </summary>
public sealed class ScriptRecallTests(SharedPostgres shared)
{
    private const int Documents = 50;

    private static readonly Dictionary<string, Script> Scripts = new(StringComparer.Ordinal)
    {
        ["Chinese"] = new(
            "陈 王 李 张 刘 杨 黄 赵 周 吴", "雪 明华 建国 丽娟 志强", "",
            "校长 医生 渔夫 木匠 厨师 律师 画家 司机 会计 农民", "青岛 苏州 昆明 厦门 大连 成都 西安 杭州 桂林 拉萨",
            "{0}住在{1}，是一名{2}。每天早上，{0}都会去市场买菜，然后开始工作。",
            "{0}的职业是什么？", "{0}住在哪里？", "{1}的{2}是谁？"),
        ["Japanese"] = new(
            "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤", "さくら けんじ ひろみ たろう ユウコ", "",
            "校長 医者 漁師 大工 料理人 弁護士 画家 運転手 会計士 農家", "函館 仙台 金沢 長野 京都 神戸 広島 高知 長崎 那覇",
            "{0}は{1}に住む{2}である。毎朝、{0}は市場で野菜を買ってから仕事を始める。",
            "{0}さんの職業は何ですか？", "{0}さんはどこに住んでいますか？", "{1}の{2}はだれですか？"),
        ["Korean"] = new(
            "김 이 박 최 정 강 조 윤 장 임", "민수 서연 지훈 은영 현우", "",
            "교장 의사 어부 목수 요리사 변호사 화가 기사 회계사 농부", "부산 대구 인천 광주 대전 울산 수원 전주 강릉 제주",
            "{0}은 {1}에 사는 {2}이다. 매일 아침 {0}은 시장에서 채소를 산 다음 일을 시작한다.",
            "{0}의 직업은 무엇입니까?", "{0}이 사는 곳은 어디입니까?", "{1}의 {2}는 누구입니까?"),
        ["Thai"] = new(
            "สมชาย สมหญิง ประเสริฐ วิชัย มาลี กมล สุดา อนันต์ พิชัย รัตนา", "ทองดี แสงจันทร์ ใจงาม ศรีสุข บุญมา", " ",
            "ครูใหญ่ หมอ ชาวประมง ช่างไม้ พ่อครัว ทนายความ จิตรกร คนขับรถ นักบัญชี ชาวนา",
            "เชียงใหม่ ขอนแก่น ภูเก็ต สงขลา อยุธยา ระยอง นครพนม สุโขทัย ลำปาง ตราด",
            "{0}อาศัยอยู่ที่{1}และทำงานเป็น{2} ทุกเช้า{0}ไปตลาดเพื่อซื้อผักแล้วจึงเริ่มทำงาน",
            "{0}มีอาชีพอะไร", "{0}อาศัยอยู่ที่ไหน", "ใครเป็น{2}ที่{1}"),
        ["Khmer"] = new(
            "សុខា វិចិត្រ ចន្ថា ពិសិដ្ឋ ស្រីមុំ ដារ៉ា បុប្ផា រតនា សំណាង វណ្ណា", "ចាន់ កែវ សេង ហេង លឹម", " ",
            "គ្រូបង្រៀន វេជ្ជបណ្ឌិត អ្នកនេសាទ ជាងឈើ ចុងភៅ មេធាវី វិចិត្រករ អ្នកបើកបរ គណនេយ្យករ កសិករ",
            "បាត់ដំបង កំពត សៀមរាប ក្រចេះ តាកែវ ពោធិ៍សាត់ កំពង់ចាម ព្រៃវែង ស្វាយរៀង រតនគិរី",
            "{0}រស់នៅ{1}ហើយធ្វើការជា{2}។ រៀងរាល់ព្រឹក{0}ទៅផ្សារទិញបន្លែ រួចចាប់ផ្តើមធ្វើការ។",
            "{0}មានមុខរបរអ្វី?", "{0}រស់នៅទីណា?", "អ្នកណាជា{2}នៅ{1}?"),
        ["Hindi"] = new(
            "अनिल सुनीता राजेश मीना विकास कविता मोहन गीता दीपक सीमा", "शर्मा वर्मा सिंह गुप्ता यादव", " ",
            "प्रधानाचार्य चिकित्सक मछुआरा बढ़ई रसोइया वकील चित्रकार चालक लेखाकार किसान",
            "दिल्ली जयपुर लखनऊ भोपाल पटना इंदौर शिमला मुंबई नागपुर वाराणसी",
            "{0} {1} में रहते हैं और {2} का काम करते हैं। हर सुबह {0} बाज़ार से सब्ज़ी ख़रीदकर काम शुरू करते हैं।",
            "{0} का पेशा क्या है?", "{0} कहाँ रहते हैं?", "{1} में {2} कौन है?"),
        ["Arabic"] = new(
            "أحمد فاطمة يوسف مريم خالد ليلى سمير نادية حسن زينب", "النجار القاضي الشامي البغدادي المصري", " ",
            "مدير طبيب صياد نجار طباخ محام رسام سائق محاسب فلاح", "دمشق بيروت القاهرة تونس الرباط عمان بغداد صنعاء مسقط حلب",
            "يَعيش {0} في {1} ويعمل {2}. كل صباح يذهب {0} إلى السوق ليشتري الخضار ثم يبدأ العمل.",
            "ما مهنة {0}؟", "أين يعيش {0}؟", "من يعمل {2} في {1}؟"),
    };

    public static TheoryData<string> Names => [.. Scripts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Retrieve_FiftyQuestions_FindsTheDocumentFirst(string name)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        Script script = Scripts[name];
        using var folder = new TemporaryFolder();
        await using var memory = new InMemoryRetrievalIndex();
        await using var file = SqliteRetrievalIndex.Open(folder.PathOf("index.db"));
        foreach (IRetrievalIndex index in (IRetrievalIndex[])[memory, file])
        {
            await AssertFoundAsync(name, script, index, token);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Retrieve_FiftyQuestionsOverAServer_FindsTheDocumentFirst(string name)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        await using PostgresRetrievalIndex index = await database.OpenAsync();

        await AssertFoundAsync(name, Scripts[name], index, token);
    }

    private static async Task AssertFoundAsync(string name, Script script, IRetrievalIndex index, CancellationToken token)
    {
        for (int i = 0; i < Documents; i++)
        {
            await index.PutAsync(TestDocuments.Create($"d{i}", "g", script.Fill(script.Text, i)), token);
        }

        var retriever = new DocumentRetriever(index);
        var missed = new List<string>();
        for (int i = 0; i < Documents; i++)
        {
            string question = script.Fill(script.Questions[i % script.Questions.Length], i);
            IReadOnlyList<RankedDocument> found = await retriever.RetrieveAsync(question, "g", 1, cancellationToken: token);
            if (found.Count == 0 || found[0].DocumentId != $"d{i}")
            {
                missed.Add(question);
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{name}, {index.GetType().Name}: recall@1 {Documents - missed.Count} of {Documents}");
        Assert.True(missed.Count == 0, string.Join('\n', missed));
    }

    private sealed record Script(
        string First, string Second, string Between, string Trades, string Towns, string Text, params string[] Questions)
    {
        // Ten first parts by five second parts of names; trades by towns so that no pair comes twice.
        public string Fill(string template, int number) => string.Format(
            CultureInfo.InvariantCulture,
            template,
            First.Split(' ')[number % 10] + Between + Second.Split(' ')[number / 10],
            Towns.Split(' ')[(number + (number / 10)) % 10],
            Trades.Split(' ')[number % 10]);
    }
}
