"""Words that the generator strings together: common ones of eight languages, in the languages' own spelling."""

# language: (words that hold sentences together, words that carry what is said)
WORDS = {
    "en": (
        "the of and to in a is that for it was on with as be at by from this have not are but they which you were her "
        "all she there would their we him been has when who will more no if out so said what up its about into than "
        "them can only other new some could time these two may then do first any my now such like our over after",
        "government minister people country city river bridge council budget police court school teacher hospital "
        "doctor nurse market price growth company worker union strike energy winter summer storm flood village harbour "
        "train station railway airport traffic driver road building house rent tenant landlord election vote party "
        "leader president parliament debate law reform tax income bank loan interest shares profit factory machine "
        "research science university student library museum theatre music singer festival football player coach "
        "season match victory defeat championship record family children parents neighbour garden farmer harvest "
        "bread water weather temperature rain snow fire rescue investigation report decision agreement conference "
        "opening closing announced rejected approved welcomed criticised expected warned discovered published "
        "increasing falling growing remaining local national european northern southern public private important "
        "difficult possible recent former young several hundred thousand million nearly quickly yesterday tomorrow",
    ),
    "fr": (
        "le la les de des du un une et à en que qui dans pour pas sur se ce il elle est au avec par plus ne son sa ses "
        "mais ou où on nous vous ils leur cette ces été être avoir fait comme tout aussi entre après depuis sans sous "
        "très encore déjà même contre aux dont deux trois lors selon chez vers ainsi alors avant",
        "gouvernement ministre habitants pays ville rivière pont conseil budget police tribunal école enseignant "
        "hôpital médecin infirmière marché prix croissance entreprise salarié syndicat grève énergie hiver été orage "
        "inondation village port train gare chemin aéroport circulation conducteur route bâtiment maison loyer "
        "locataire propriétaire élection vote parti dirigeant président assemblée débat loi réforme impôt revenu banque "
        "prêt intérêt bénéfice usine machine recherche science université étudiant bibliothèque musée théâtre musique "
        "chanteuse festival football joueur entraîneur saison rencontre victoire défaite championnat famille enfants "
        "parents voisin jardin agriculteur récolte pain eau météo température pluie neige incendie secours enquête "
        "rapport décision accord conférence annoncé rejeté approuvé salué critiqué attendu averti découvert publié "
        "national européen public privé important difficile possible récent ancien jeune plusieurs cent mille "
        "presque rapidement hier demain aujourd'hui semaine prochaine dernière première grande petite nouvelle",
    ),
    "de": (
        "der die das und in zu den von mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat "
        "dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis "
        "mehr durch man sein wurde sei seit gegen unter schon wenn habe ihre dann soll kann wir ihm diese dieser",
        "Regierung Ministerin Menschen Land Stadt Fluss Brücke Stadtrat Haushalt Polizei Gericht Schule Lehrerin "
        "Krankenhaus Arzt Pflege Markt Preise Wachstum Unternehmen Beschäftigte Gewerkschaft Streik Energie Winter "
        "Sommer Sturm Hochwasser Dorf Hafen Zug Bahnhof Strecke Flughafen Verkehr Fahrer Straße Gebäude Wohnung Miete "
        "Mieter Eigentümer Wahl Stimmen Partei Vorsitzende Präsident Parlament Debatte Gesetz Reform Steuer Einkommen "
        "Bank Kredit Zinsen Gewinn Fabrik Maschine Forschung Wissenschaft Universität Studierende Bibliothek Museum "
        "Theater Musik Sängerin Festspiele Fußball Spieler Trainer Saison Begegnung Sieg Niederlage Meisterschaft "
        "Familie Kinder Eltern Nachbarn Garten Bauern Ernte Brot Wasser Wetter Temperatur Regen Schnee Feuer Rettung "
        "Ermittlung Bericht Entscheidung Vereinbarung Konferenz angekündigt abgelehnt beschlossen begrüßt kritisiert "
        "erwartet gewarnt entdeckt veröffentlicht örtliche nationale europäische öffentliche private wichtige "
        "schwierige mögliche jüngste ehemalige junge mehrere hundert tausend fast schnell gestern morgen heute Woche",
    ),
    "es": (
        "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si sin sobre "
        "este ya entre cuando todo esta ser son dos también fue había era muy años hasta desde está mi porque qué sólo "
        "han yo hay vez puede todos así nos ni parte tiene él uno donde bien tiempo mismo ese ahora",
        "gobierno ministra vecinos país ciudad río puente ayuntamiento presupuesto policía tribunal escuela maestro "
        "hospital médico enfermera mercado precio crecimiento empresa trabajador sindicato huelga energía invierno "
        "verano tormenta inundación pueblo puerto tren estación ferrocarril aeropuerto tráfico conductor carretera "
        "edificio vivienda alquiler inquilino propietario elecciones voto partido dirigente presidente congreso debate "
        "ley reforma impuesto ingresos banco préstamo interés beneficio fábrica máquina investigación ciencia "
        "universidad estudiante biblioteca museo teatro música cantante festival fútbol jugador entrenador temporada "
        "partido victoria derrota campeonato familia niños padres jardín agricultor cosecha pan agua tiempo temperatura "
        "lluvia nieve incendio rescate informe decisión acuerdo conferencia anunció rechazó aprobó celebró criticó "
        "espera advirtió descubrió publicó local nacional europeo público privado importante difícil posible reciente "
        "antiguo joven varios cien mil millones casi rápidamente ayer mañana hoy semana próxima pasada primera nueva",
    ),
    "it": (
        "di che è la il un a per in una mi sono ho non ma lo ha le si ti i con cosa se io come da ci questo qui hai sei "
        "del bene tu al della gli dei nel alla dal più quando anche stato era suo sua dopo tra fra ancora molto tutti "
        "delle perché essere fatto dove così prima contro senza ogni solo dalla nella sulla dei degli",
        "governo ministra cittadini paese città fiume ponte consiglio bilancio polizia tribunale scuola insegnante "
        "ospedale medico infermiera mercato prezzo crescita azienda lavoratore sindacato sciopero energia inverno estate "
        "temporale alluvione villaggio porto treno stazione ferrovia aeroporto traffico autista strada edificio casa "
        "affitto inquilino proprietario elezioni voto partito dirigente presidente parlamento dibattito legge riforma "
        "tassa reddito banca prestito interesse guadagno fabbrica macchina ricerca scienza università studente "
        "biblioteca museo teatro musica cantante calcio giocatore allenatore stagione partita vittoria sconfitta "
        "campionato famiglia bambini genitori vicino giardino agricoltore raccolto pane acqua temperatura pioggia neve "
        "incendio soccorso indagine rapporto decisione accordo conferenza annunciato respinto approvato accolto "
        "criticato atteso avvertito scoperto pubblicato locale nazionale europeo pubblico privato importante difficile "
        "possibile recente giovane diversi cento mille quasi rapidamente ieri domani oggi settimana prossima nuova",
    ),
    "pt": (
        "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua "
        "ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus "
        "quem nas me esse eles estão você tinha foram essa num nem suas meu às minha têm numa pelos",
        "governo ministra moradores país cidade rio ponte câmara orçamento polícia tribunal escola professor hospital "
        "médico enfermeira mercado preço crescimento empresa trabalhador sindicato greve energia inverno verão "
        "tempestade enchente aldeia porto trem estação ferrovia aeroporto trânsito motorista estrada edifício habitação "
        "aluguel inquilino proprietário eleições voto partido dirigente presidente congresso debate lei reforma imposto "
        "renda banco empréstimo juros lucro fábrica máquina pesquisa ciência universidade estudante biblioteca museu "
        "teatro música cantora festival futebol jogador treinador temporada partida vitória derrota campeonato família "
        "crianças pais vizinho jardim agricultor colheita pão água tempo temperatura chuva neve incêndio resgate "
        "investigação relatório decisão acordo conferência anunciou rejeitou aprovou elogiou criticou espera alertou "
        "descobriu publicou local nacional europeu público privado importante difícil possível recente antigo jovem "
        "vários cem mil milhões quase rapidamente ontem amanhã hoje semana próxima passada primeira nova",
    ),
    "ru": (
        "и в не на что с по это как к он но из у за от так же о для все его до было мы при бы она они если только или "
        "ещё уже их был быть со чтобы когда под после также более этого может через во время который между своих",
        "правительство министр жители страна город река мост совет бюджет полиция суд школа учитель больница врач "
        "рынок цена рост компания работник профсоюз забастовка энергия зима лето гроза наводнение деревня порт поезд "
        "вокзал дорога аэропорт движение водитель здание жильё аренда выборы голос партия лидер президент парламент "
        "дебаты закон реформа налог доход банк кредит прибыль завод машина исследование наука университет студент "
        "библиотека музей театр музыка певица фестиваль футбол игрок тренер сезон матч победа поражение чемпионат семья "
        "дети родители сосед сад фермер урожай хлеб вода погода температура дождь снег пожар спасатели расследование "
        "доклад решение соглашение конференция объявил отклонил одобрил приветствовал раскритиковал ожидает "
        "предупредил обнаружил опубликовал местный национальный европейский государственный частный важный трудный "
        "возможный недавний бывший молодой несколько сто тысяча почти быстро вчера завтра сегодня неделя следующая",
    ),
    "zh": (
        "的 是 在 了 和 有 不 这 为 上 也 就 对 与 而 但 从 到 被 将 已 并 及 等 由 于 其 所 以 把 让 还 都 向 更",
        "政府 部长 居民 国家 城市 河流 大桥 议会 预算 警方 法院 学校 教师 医院 医生 护士 市场 价格 增长 公司 工人 工会 罢工 "
        "能源 冬季 夏季 暴雨 洪水 村庄 港口 列车 车站 铁路 机场 交通 司机 道路 建筑 住房 租金 房东 选举 投票 政党 领导人 总统 "
        "辩论 法律 改革 税收 收入 银行 贷款 利率 利润 工厂 机器 研究 科学 大学 学生 图书馆 博物馆 剧院 音乐 歌手 电影节 足球 "
        "球员 教练 赛季 比赛 胜利 失败 冠军 家庭 孩子 父母 邻居 花园 农民 收成 面包 供水 天气 气温 降雨 降雪 火灾 救援 调查 "
        "报告 决定 协议 会议 宣布 拒绝 批准 欢迎 批评 预计 警告 发现 公布 地方 全国 欧洲 北部 南部 公共 私人 重要 困难 可能 "
        "最近 前任 年轻 数百 数千 近期 迅速 昨天 明天 今天 下周 上周 首次 新的 主要 继续 表示 认为 指出 记者 消息 经济 社会",
    ),
}
